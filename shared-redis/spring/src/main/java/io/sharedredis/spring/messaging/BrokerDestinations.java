package io.sharedredis.spring.messaging;

import java.util.Collection;
import java.util.List;

/** Which destinations are the broker's: those with one of its prefixes, or all if it has none. */
final class BrokerDestinations {

  private final List<String> prefixes;

  BrokerDestinations(Collection<String> prefixes) {
    this.prefixes = List.copyOf(prefixes);
  }

  boolean contains(String destination) {
    if (prefixes.isEmpty()) {
      return true;
    }
    for (String prefix : prefixes) {
      if (destination.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
