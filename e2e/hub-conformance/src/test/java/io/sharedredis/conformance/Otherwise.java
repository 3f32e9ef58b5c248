package io.sharedredis.conformance;

import java.util.Map;

/** Cases whose answer is ours on purpose, or tells what only .NET or Kestrel has. */
final class Otherwise {
  static final Map<String, String> REASONS = Map.ofEntries();

  private Otherwise() {}
}
