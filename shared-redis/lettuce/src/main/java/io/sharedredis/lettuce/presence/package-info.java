/**
 * Who is connected to a hub on whichever replica: each replica keeps a record of its own
 * connections in Redis under a lease, and cleans up after one whose lease has ended.
 *
 * <p>Format: {@code docs/formats/hub-presence.md}.
 */
@NullMarked
package io.sharedredis.lettuce.presence;

import org.jspecify.annotations.NullMarked;
