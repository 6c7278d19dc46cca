package dev.xcs.planted.hypervisor;

public interface Port {}
