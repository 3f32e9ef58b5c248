package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.Presence.Page;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Cuts pages from names in the order of their UTF-8 bytes, which is Redis' order too. */
public final class Pages {

  private static final Comparator<String> BY_BYTES =
      (one, other) ->
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

  private Pages() {}

  /**
   * The first names after {@code after} of several lists taken together, each name once.
   *
   * @param lists each holds all its names after {@code after}, or at least the first {@code limit +
   *     1} of them
   */
  public static Page of(
      Collection<? extends Collection<String>> lists,
      @Nullable String after,
      int limit,
      boolean partial) {
    TreeSet<String> names = new TreeSet<>(BY_BYTES);
    for (Collection<String> list : lists) {
      for (String name : list) {
        if (after == null || BY_BYTES.compare(name, after) > 0) {
          names.add(name);
          if (names.size() > limit + 1) {
            names.pollLast();
          }
        }
      }
    }
    List<String> first = new ArrayList<>(names);
    return first.size() > limit
        ? new Page(first.subList(0, limit), first.get(limit - 1), partial)
        : new Page(first, null, partial);
  }
}
