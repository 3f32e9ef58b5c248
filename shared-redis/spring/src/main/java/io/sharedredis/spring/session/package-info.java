/**
 * HTTP sessions in Redis: stored as JSON in which a type name can only choose from a fixed list,
 * answered with 503 instead of a hang when Redis is away, and watched, so that what hangs on a
 * session ends with it.
 */
@NullMarked
package io.sharedredis.spring.session;

import org.jspecify.annotations.NullMarked;
