/**
 * Command line of the playground: starts the farm, or speaks to the one that runs (kill, restart,
 * status, stop).
 */
@NullMarked
package io.sharedredis.playground;

import org.jspecify.annotations.NullMarked;
