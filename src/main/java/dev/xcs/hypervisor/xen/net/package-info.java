/** What is said to Linux about networks: rtnetlink messages, nftables rule sets and commands of Open vSwitch, as plain values. */
@NullMarked
package dev.xcs.hypervisor.xen.net;

import org.jspecify.annotations.NullMarked;
