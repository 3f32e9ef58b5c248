package io.sharedredis.lettuce.messaging;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What travels of a message: everything else that a framework hangs on it stays where it is.
 *
 * @param destination as the sender wrote it
 * @param session the one session it is for, of those that the destination reaches; none: for all
 * @param contentType of the payload, as in a MIME header
 * @param headers text for the recipients; each name with at least one value
 * @param payload the body; not copied, so nobody may change it
 */
public record BrokerMessage(
    String destination,
    @Nullable String session,
    @Nullable String contentType,
    Map<String, List<String>> headers,
    byte[] payload) {}
