/**
 * What a test of several replicas needs: real Redis servers that can be killed, stalled and
 * restarted, a TCP proxy that misbehaves on command, a clock and a scheduler that move only when
 * told, and the contract suites that every form of a part must pass.
 *
 * <p>Published, so that applications can test with it too.
 */
@NullMarked
package io.sharedredis.testkit;

import org.jspecify.annotations.NullMarked;
