package io.sharedredis.lettuce.backplane;

import java.util.HashMap;
import java.util.Map;

/** The twin of the records in Redis for replicas in one JVM; they stay for ever. */
final class InMemoryPlaces {

  private final Map<PlaceKey, PlaceStore.Claim> records = new HashMap<>();

  synchronized PlaceStore.Claim claim(PlaceKey key) {
    PlaceStore.Claim before = records.getOrDefault(key, new PlaceStore.Claim(0, new byte[0]));
    PlaceStore.Claim mine = new PlaceStore.Claim(before.number() + 1, before.places());
    records.put(key, mine);
    return mine;
  }

  synchronized boolean write(PlaceKey key, long claim, byte[] places) {
    PlaceStore.Claim before = records.get(key);
    if (before != null && before.number() > claim) {
      return false;
    }
    records.put(key, new PlaceStore.Claim(claim, places));
    return true;
  }

  /** What stands in a record. */
  synchronized Places of(PlaceKey key) {
    PlaceStore.Claim record = records.get(key);
    return record == null || record.places().length == 0
        ? Places.NONE
        : Places.decode(record.places());
  }

  /** Puts anything into a record. */
  synchronized void forge(PlaceKey key, byte[] places) {
    records.put(key, new PlaceStore.Claim(0, places));
  }
}
