package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.Nullable;

/**
 * A request for a connection of another replica.
 *
 * @param version negotiate version of the connection
 * @param user who sends it, by name; null when nobody is signed in
 * @param proof that the sender knows the connection's token; null from a replica of a version that
 *     sent none
 */
public record RelayRequest(
    RelayKind kind,
    String connectionId,
    int version,
    String hubPath,
    @Nullable String user,
    @Nullable TokenProof proof) {}
