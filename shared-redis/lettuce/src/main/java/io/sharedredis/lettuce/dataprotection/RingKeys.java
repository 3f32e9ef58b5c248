package io.sharedredis.lettuce.dataprotection;

/**
 * The names of one key ring in Redis; all lie in the slot of the list.
 *
 * @param list ASP.NET Core's list of elements, by default {@code DataProtection-Keys}
 * @param tags hash of authentication tags, SHA-1 of an element to tag; only we read it
 * @param notes hash with {@code changes} and {@code reset-mark}; only we read it
 * @param channel where changes are announced
 */
record RingKeys(String list, String tags, String notes, String channel) {

  /** Names beside {@code list}: the ring belongs to no single application, hence the underscore. */
  static RingKeys of(String list) {
    if (list.isBlank()) {
      throw new IllegalArgumentException("the Redis key of the key ring must not be empty");
    }
    String prefix = "shared-redis:_:ring:{" + hashTag(list) + "}:";
    return new RingKeys(list, prefix + "tags", prefix + "notes", prefix + "changes");
  }

  /** The part of a key that decides its slot (Redis Cluster specification, "hash tags"). */
  private static String hashTag(String key) {
    int open = key.indexOf('{');
    int close = open < 0 ? -1 : key.indexOf('}', open + 1);
    return close > open + 1 ? key.substring(open + 1, close) : key;
  }

  String[] keys() {
    return new String[] {list, tags, notes};
  }
}
