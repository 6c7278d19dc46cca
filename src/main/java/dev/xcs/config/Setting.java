package dev.xcs.config;

/**
 * A value that somebody wrote for a key.
 *
 * @param origin where, in words: {@code option --api-port}, {@code environment XCS_API_PORT}, {@code file /etc/xcs/xcsd.toml}
 */
record Setting(String text, String origin) {}
