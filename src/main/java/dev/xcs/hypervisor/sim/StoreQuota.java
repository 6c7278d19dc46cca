package dev.xcs.hypervisor.sim;

/**
 * What one guest may use; dom0 is exempt. Exceeding answers ENOSPC, for watches E2BIG.
 *
 * @param nodes that it owns
 * @param transactions open at once
 * @param transactionNodes touched by one transaction
 */
record StoreQuota(int nodes, int valueBytes, int watches, int transactions, int transactionNodes, int permissions) {
    /** The defaults of C xenstored 4.17. */
    static final StoreQuota DEFAULT = new StoreQuota(1000, 2048, 128, 10, 1024, 5);
}
