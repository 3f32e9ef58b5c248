/**
 * From process start to first request: what has to be reachable, how long it is tried, and what is
 * answered until then.
 */
@NullMarked
package io.sharedredis.identity.startup;

import org.jspecify.annotations.NullMarked;
