package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.NetworkDevicesContract;
import dev.xcs.hypervisor.sim.net.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The contract on the network of the simulated dom0; frames are put in where netback would. */
class SimNetworkDevicesTest extends NetworkDevicesContract {
    private static final Pattern VIF = Pattern.compile("vif([0-9]+)\\.([0-9]+)");

    private final Dom0Network network = new Dom0Network();
    private final Map<String, Link> plugged = new HashMap<>();
    private final Map<String, Queue<byte[]>> received = new HashMap<>();

    @Override
    protected NetworkDevices open() {
        return new SimNetworkDevices(network, new Faults());
    }

    @Override
    protected void close(NetworkDevices opened) {}

    @Override
    protected void plug(String device) {
        Matcher name = VIF.matcher(device);
        if (!name.matches()) {
            throw new IllegalArgumentException(device);
        }
        Queue<byte[]> frames = new ConcurrentLinkedQueue<>();
        received.put(device, frames);
        plugged.put(
                device, network.addVif(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)), frames::add));
    }

    @Override
    protected void unplug(String device) {
        network.removeVif(plugged.get(device));
    }

    @Override
    protected void send(String device, byte[] frame) {
        network.arrive(plugged.get(device), frame);
    }

    @Override
    protected List<byte[]> received(String device) {
        List<byte[]> frames = new ArrayList<>();
        Queue<byte[]> queue = received.get(device);
        for (byte[] frame = queue.poll(); frame != null; frame = queue.poll()) {
            frames.add(frame);
        }
        return frames;
    }

    @Override
    protected void makeForeignBridge(String name) {
        network.addBridge(name);
    }
}
