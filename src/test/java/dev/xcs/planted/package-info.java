/** Violations of every architecture rule, each planted to prove that its rule can fail; nothing here ever runs. */
package dev.xcs.planted;
