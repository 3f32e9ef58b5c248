package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * A deliberate reset that a store has forgotten, while what was deleted is there again: a replica
 * of Redis that lagged behind took over, or an old backup was loaded.
 *
 * <p>Perhaps the keys were deleted because they had leaked, so nobody may write beside them as if
 * the store had merely lost something. What is older than the reset goes again. What is younger
 * stays: a replica of ASP.NET Core stored it since.
 *
 * @param items what the ring should hold: what is there and younger than the reset, then what was
 *     held; no key twice
 * @param dropped number of elements there that are older than the reset
 */
public record UndoneReset(List<KeyItem> items, int dropped) {
  public UndoneReset {
    items = List.copyOf(items);
  }

  /** What to make of {@code stored}, or null if it has forgotten no reset that is held. */
  public static @Nullable UndoneReset of(RepositorySnapshot held, RepositorySnapshot stored) {
    boolean marked = !stored.resetMark().isEmpty();
    if (held.resetMark().isEmpty() || (marked && !isLater(held, stored))) {
      return null;
    }
    Instant reset = resetOf(held);
    if (reset == null) {
      return null;
    }
    Set<String> known = new HashSet<>();
    held.items().forEach(item -> known.add(item.xml()));
    List<KeyItem> kept = new ArrayList<>();
    for (KeyItem item : stored.items()) {
      if (known.contains(item.xml()) || isYounger(item, reset)) {
        kept.add(item);
      }
    }
    int dropped = stored.items().size() - kept.size();
    if (dropped == 0 && !marked) {
      return null;
    }
    Set<String> present = new HashSet<>();
    kept.forEach(item -> present.add(item.xml()));
    List<KeyItem> back =
        held.items().stream().filter(item -> !present.contains(item.xml())).toList();
    List<KeyItem> items = new ArrayList<>(kept);
    items.addAll(LostItems.withoutKeysOf(kept, back));
    return new UndoneReset(items, dropped);
  }

  /** Whether both marks tell their time, and the one that is held came after the stored one. */
  private static boolean isLater(RepositorySnapshot held, RepositorySnapshot stored) {
    Instant ours = ResetMark.instant(held.resetMark());
    Instant theirs = ResetMark.instant(stored.resetMark());
    return ours != null && theirs != null && ours.isAfter(theirs);
  }

  /** Where the mark does not tell: no later than the first key that was made after it. */
  private static @Nullable Instant resetOf(RepositorySnapshot held) {
    Instant told = ResetMark.instant(held.resetMark());
    return told != null
        ? told
        : held.items().stream()
            .map(item -> date(item, "key", "creationDate"))
            .filter(Objects::nonNull)
            .min(Instant::compareTo)
            .orElse(null);
  }

  /** Of what does not tell its age, nothing is younger. */
  private static boolean isYounger(KeyItem item, Instant reset) {
    Instant made = date(item, "key", "creationDate");
    Instant date = made == null ? date(item, "revocation", "revocationDate") : made;
    return date != null && !date.isBefore(reset);
  }

  private static @Nullable Instant date(KeyItem item, String kind, String name) {
    try {
      Element element = HardenedXml.parse(item.xml());
      Element child =
          HardenedXml.isNamed(element, null, kind) ? HardenedXml.child(element, name) : null;
      return child == null
          ? null
          : OffsetDateTime.parse(HardenedXml.text(child).strip()).toInstant();
    } catch (DataProtectionException | DateTimeException e) {
      return null;
    }
  }
}
