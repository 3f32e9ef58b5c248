package io.sharedredis.farmhub;

/**
 * Which server of the farm this is.
 *
 * @param name option {@code --app}
 */
record AppInfo(String name) {}
