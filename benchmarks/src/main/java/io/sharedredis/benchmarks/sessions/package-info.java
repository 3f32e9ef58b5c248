/**
 * What HTTP sessions cost: a page through Tomcat with Redis a millisecond away, loads and saves
 * alone, memory in Redis, and the list of a user's sessions; beside Spring Session, Redisson and no
 * session at all.
 */
@NullMarked
package io.sharedredis.benchmarks.sessions;

import org.jspecify.annotations.NullMarked;
