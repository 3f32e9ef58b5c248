/**
 * What replicas tell each other about a connection that moves from one to the other; the format is
 * described in {@code docs/formats/hub-handover.md}.
 */
@NullMarked
package io.sharedredis.lettuce.handover;

import org.jspecify.annotations.NullMarked;
