package dev.xcs.model;

import java.util.Optional;

/** One way in which a system writes the names of disks. */
interface NameForm {
    /**
     * The device of this name; empty if it is not written in this form.
     *
     * @throws ProblemException if it is, but there is no number for it
     */
    Optional<VirtualDevice> read(String name);

    /** The device's name in this form, if it has one. */
    Optional<String> write(VirtualDevice device);

    /** A name or two, to show what is expected. */
    String example();
}
