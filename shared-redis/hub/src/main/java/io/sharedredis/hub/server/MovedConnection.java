package io.sharedredis.hub.server;

import java.util.List;
import java.util.Map;

/**
 * What a connection takes along to another replica.
 *
 * @param firstKept number of the first message that the client has not acknowledged
 * @param kept those messages, framed in the connection's protocol
 * @param waiting messages that wait, unnumbered, for an Ack
 * @param nextReceived number that the client's next message has
 * @param latestReceived highest number of a message of the client that was dealt with
 * @param items the application's values
 * @param places up to where it was given what is kept for it; empty where nobody says
 */
public record MovedConnection(
    long firstKept,
    List<byte[]> kept,
    List<byte[]> waiting,
    long nextReceived,
    long latestReceived,
    Map<Object, Object> items,
    byte[] places) {}
