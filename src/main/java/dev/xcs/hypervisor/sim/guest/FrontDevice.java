package dev.xcs.hypervisor.sim.guest;

/** The front-end of one device, as the guest's kernel has it. */
interface FrontDevice {
    FrontNodes nodes();

    /** Does what the back-end's state asks for. */
    void look();

    /** Lets go of the device, unless that has happened before. */
    void close();

    /** Its directory has gone. */
    void remove();
}
