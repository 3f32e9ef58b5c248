package io.sharedredis.dataprotection.repository;

import org.jspecify.annotations.Nullable;

/**
 * One stored element of a key ring: the text of a {@code <key>} or {@code <revocation>} element.
 *
 * @param xml the element exactly as stored, character for character; on writing one line without
 *     declaration and byte order mark, as ASP.NET Core pushes it to Redis
 * @param friendlyName file name without extension that ASP.NET Core gives the element ({@code
 *     key-<guid>}, {@code revocation-<guid>}, {@code revocation-<time>}); empty when read from a
 *     store that keeps no names
 * @param tag authentication of {@code xml} (base64 of an HMAC), or null for none; kept beside the
 *     element where readers that know nothing of it do not look
 */
public record KeyItem(String xml, String friendlyName, @Nullable String tag) {
  /** An item without authentication tag. */
  public KeyItem(String xml, String friendlyName) {
    this(xml, friendlyName, null);
  }

  /** Names the item only: its text may hold a master key. */
  @Override
  public String toString() {
    return "KeyItem[" + (friendlyName.isEmpty() ? "unnamed" : friendlyName) + "]";
  }
}
