package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.Nullable;

/**
 * One payload between two replicas.
 *
 * @param serial number of the payload in that session, repetitions and signs of life counted too
 * @param from name of the sender
 * @param session the sender's, a number it drew when it began to talk to this receiver
 * @param number of the message in that session, from 1; 0 for a sign of life, {@link #UNKNOWN} for
 *     "I do not know session {@code heardSession}"
 * @param heardSession the receiver's session as the sender knows it; 0 for none
 * @param heard highest number of it that the sender has dealt with
 */
record Envelope(
    long serial,
    String from,
    long session,
    long number,
    long heardSession,
    long heard,
    @Nullable RelayMessage message) {

  static final long UNKNOWN = -1;
}
