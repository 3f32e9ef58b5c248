/**
 * Auto-configuration: what an application gets by having the starter on its class path, and the
 * settings that steer it.
 */
@NullMarked
package io.sharedredis.starter;

import org.jspecify.annotations.NullMarked;
