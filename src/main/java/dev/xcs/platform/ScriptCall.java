package dev.xcs.platform;

import java.util.List;
import java.util.Map;

/**
 * How a hotplug script is called.
 *
 * @param environment what is added to the daemon's own
 */
public record ScriptCall(List<String> arguments, Map<String, String> environment) {
    public ScriptCall {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
