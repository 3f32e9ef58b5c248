package io.sharedredis.lettuce.hub;

/**
 * A connection as claims name it.
 *
 * @param connectionId its public name
 * @param version of the negotiation it came from: 1 with a secret token, 0 when the id is the
 *     token. Kept in the claim, so that nobody reaches a connection of version 1 by its public name
 * @param hubPath path of its hub
 */
public record ClaimedConnection(String connectionId, int version, String hubPath) {

  public ClaimedConnection {
    if (version != 0 && version != 1) {
      throw new IllegalArgumentException(
          "the negotiate version of a claim is " + version + " but must be 0 or 1");
    }
  }

  /** The claim's value in Redis: version, owner, path. */
  String heldBy(String server) {
    return version + " " + server + " " + hubPath;
  }
}
