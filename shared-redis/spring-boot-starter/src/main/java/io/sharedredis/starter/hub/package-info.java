/**
 * Auto-configuration of hubs: they are found, served, kept alive and drained without a line of the
 * application.
 */
@NullMarked
package io.sharedredis.starter.hub;

import org.jspecify.annotations.NullMarked;
