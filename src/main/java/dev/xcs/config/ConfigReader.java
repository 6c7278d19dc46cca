package dev.xcs.config;

import dev.xcs.config.DaemonConfig.ApiConfig;
import dev.xcs.config.DaemonConfig.BlockConfig;
import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.config.DaemonConfig.DomainConfig;
import dev.xcs.config.DaemonConfig.EventsConfig;
import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.config.DaemonConfig.KernelCacheConfig;
import dev.xcs.config.DaemonConfig.LogConfig;
import dev.xcs.config.DaemonConfig.ManagementConfig;
import dev.xcs.config.DaemonConfig.NetworkConfig;
import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.config.DaemonConfig.SimConfig;
import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.model.GuestOs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Puts the configuration together: an option wins over the environment, the environment over the file, the file over the default.
 * A value that cannot be used is an error wherever it stands, also where a stronger source overrides it.
 */
public final class ConfigReader {
    /** Read when it exists and neither {@code --config} nor {@code XCS_CONFIG} names another. */
    public static final Path DEFAULT_FILE = Path.of("/etc/xcs/xcsd.toml");

    private final Map<String, Setting> settings = new HashMap<>();
    private final List<String> errors = new ArrayList<>();
    private final Set<String> refused = new HashSet<>();

    private ConfigReader() {}

    /**
     * @param options value by the {@link Key#path} of its key
     * @param configOption the file named on the command line
     * @throws ConfigRefused with everything that is wrong
     */
    public static EffectiveConfig read(
            Map<String, String> options, Map<String, String> environment, Optional<Path> configOption) {
        ConfigReader reader = new ConfigReader();
        file(environment, configOption).ifPresent(file -> reader.take(FileSettings.read(file)));
        reader.take(EnvironmentSettings.read(environment));
        reader.take(options(options));
        return reader.finish();
    }

    private static Optional<Path> file(Map<String, String> environment, Optional<Path> configOption) {
        return configOption
                .or(() -> Optional.ofNullable(environment.get(EnvironmentSettings.CONFIG_FILE))
                        .map(Path::of))
                .or(() -> Optional.of(DEFAULT_FILE).filter(Files::exists))
                .map(file -> file.toAbsolutePath().normalize());
    }

    private static Settings options(Map<String, String> options) {
        Settings settings = new Settings();
        Keys.all().stream()
                .filter(key -> options.containsKey(key.path()))
                .forEach(key -> settings.set(key, options.getOrDefault(key.path(), ""), "option " + key.option()));
        return settings;
    }

    private void take(Settings source) {
        settings.putAll(source.byPath());
        errors.addAll(source.errors());
        refused.addAll(source.refused());
    }

    private EffectiveConfig finish() {
        NetworkTables networks = NetworkTables.of(settings, refused);
        errors.addAll(networks.errors());
        DaemonConfig config = config(networks);
        checkPorts(config);
        if (!errors.isEmpty()) {
            throw new ConfigRefused(errors);
        }
        return new EffectiveConfig(
                config,
                Stream.concat(Keys.all().stream(), networks.keys().stream())
                        .map(this::line)
                        .toList());
    }

    private void checkPorts(DaemonConfig config) {
        int port = config.api().port();
        if (port != 0 && port == config.management().port()) {
            errors.add(Keys.MANAGEMENT_PORT.path() + " ("
                    + setting(Keys.MANAGEMENT_PORT).origin() + "): \"" + port
                    + "\", expected another port than api.port ("
                    + setting(Keys.API_PORT).origin() + ")");
        }
    }

    private String line(Key<?> key) {
        Setting setting = setting(key);
        return key.path() + " = " + key.shown(setting.text()) + " (" + setting.origin() + ")";
    }

    private Setting setting(Key<?> key) {
        return settings.getOrDefault(key.path(), new Setting(key.fallback(), "default"));
    }

    private <T> T value(Key<T> key) {
        return key.value(setting(key).text());
    }

    private int bytes(Key<Long> key) {
        return Math.toIntExact(value(key));
    }

    private DaemonConfig config(NetworkTables networks) {
        Path stateDir = value(Keys.STATE_DIR);
        return new DaemonConfig(
                value(Keys.HYPERVISOR),
                stateDir,
                new LogConfig(value(Keys.LOG_LEVEL)),
                new ApiConfig(
                        value(Keys.API_HOST),
                        value(Keys.API_PORT),
                        bytes(Keys.API_MAX_BODY),
                        value(Keys.API_MAX_VIEWERS),
                        value(Keys.API_ALLOWED_HOSTS)),
                new ManagementConfig(value(Keys.MANAGEMENT_HOST), value(Keys.MANAGEMENT_PORT)),
                new XenstoreConfig(
                        value(Keys.XENSTORE_SOCKET).map(Path::toString).orElse(""), value(Keys.XENSTORE_MAX_IN_FLIGHT)),
                console(),
                domain(),
                new PvgrubConfig(value(Keys.DOMAIN_PVGRUB_PV), value(Keys.DOMAIN_PVGRUB_PVH)),
                new HvmConfig(
                        value(Keys.DOMAIN_HVMLOADER),
                        value(Keys.DOMAIN_HVM_BIOS),
                        value(Keys.DOMAIN_HVM_UEFI),
                        value(Keys.DOMAIN_DEVICE_MODEL)),
                new EventsConfig(value(Keys.EVENTS_SEGMENT), value(Keys.EVENTS_MAX), value(Keys.EVENTS_MAX_AGE)),
                new KernelCacheConfig(
                        value(Keys.KERNEL_CACHE_DIRECTORY).orElse(stateDir.resolve("kernels")),
                        value(Keys.KERNEL_CACHE_MAX)),
                new BlockConfig(
                        value(Keys.BLOCK_IMAGE_ROOT),
                        value(Keys.BLOCK_SCRIPT_DIRECTORY),
                        value(Keys.BLOCK_QEMU_NBD),
                        value(Keys.BLOCK_QEMU_IMG)),
                new NetworkConfig(
                        networks.networks(),
                        value(Keys.NETWORK_DNSMASQ),
                        value(Keys.NETWORK_RUN_DIRECTORY),
                        value(Keys.NETWORK_DEFAULT),
                        value(Keys.BLOCK_SCRIPT_DIRECTORY)),
                new SimConfig(value(Keys.SIM_DOM0)));
    }

    private ConsoleConfig console() {
        return new ConsoleConfig(
                value(Keys.CONSOLE_HISTORY),
                value(Keys.CONSOLE_TOTAL),
                value(Keys.CONSOLE_MIN_FREE),
                bytes(Keys.CONSOLE_INPUT),
                value(Keys.CONSOLE_LEASE_IDLE),
                value(Keys.CONSOLE_VIEW_IDLE),
                Map.of(
                        GuestOs.LINUX,
                        value(Keys.CONSOLE_LINUX_BANNER),
                        GuestOs.NETBSD,
                        value(Keys.CONSOLE_NETBSD_BANNER),
                        GuestOs.UNKNOWN,
                        value(Keys.CONSOLE_OTHER_BANNER)),
                Map.of(
                        GuestOs.LINUX,
                        value(Keys.CONSOLE_LINUX_PROMPT),
                        GuestOs.NETBSD,
                        value(Keys.CONSOLE_NETBSD_PROMPT),
                        GuestOs.UNKNOWN,
                        value(Keys.CONSOLE_OTHER_PROMPT)));
    }

    private DomainConfig domain() {
        return new DomainConfig(
                value(Keys.DOMAIN_MAX_RESTARTS),
                value(Keys.DOMAIN_RESTART_WINDOW),
                value(Keys.DOMAIN_MAX_BUILDS),
                value(Keys.DOMAIN_BUILDER),
                value(Keys.DOMAIN_RECONCILE),
                value(Keys.DOMAIN_IMAGE_ROOT));
    }
}
