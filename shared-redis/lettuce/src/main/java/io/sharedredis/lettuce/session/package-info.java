/**
 * HTTP sessions in Redis: one command to read, one script to write, values sealed by the key ring,
 * ends announced to every replica. Knows no servlet and no framework. Layout: {@code
 * docs/formats/session-store.md}.
 */
@NullMarked
package io.sharedredis.lettuce.session;

import org.jspecify.annotations.NullMarked;
