package io.sharedredis.hub;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a hub method, or every method of a hub, never waits: for a lock, a disk, a database or
 * another client. It then runs where its message was read, on the event loop that many connections
 * share, and saves the way to another thread and back. It should take microseconds; a step longer
 * than a millisecond is counted by {@code shared-redis.hub.loop.slow}. The hub's constructor and
 * its filters run there too; {@link Hub}'s callbacks for connections run where blocking is allowed.
 *
 * <p>What takes longer is answered with a {@code CompletionStage}. Methods with a {@code Stream},
 * which is read by waiting, and {@code synchronized} ones stop the start.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface NonBlocking {}
