package io.sharedredis.lettuce.session;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What changes in a session, written all or nothing.
 *
 * @param newId the public id from now on, or null to keep it
 * @param timeout from now on, zero or negative for never, or null to keep it
 * @param user whose session it is from now on
 * @param set attributes to write, not sealed
 * @param removed attributes to remove
 * @param details where and how the session is used, or null to keep them
 */
public record SessionWrite(
    @Nullable SessionId newId,
    @Nullable Duration timeout,
    Owner user,
    Map<String, byte[]> set,
    Set<String> removed,
    byte @Nullable [] details) {

  /** Copies the collections. */
  public SessionWrite {
    set = Map.copyOf(set);
    removed = Set.copyOf(removed);
  }

  /** Attributes only. */
  public static SessionWrite of(Map<String, byte[]> set, Set<String> removed) {
    return new SessionWrite(null, null, Owner.KEEP, set, removed, null);
  }

  public SessionWrite withNewId(@Nullable SessionId id) {
    return new SessionWrite(id, timeout, user, set, removed, details);
  }

  public SessionWrite withTimeout(Duration newTimeout) {
    return new SessionWrite(newId, newTimeout, user, set, removed, details);
  }

  public SessionWrite withOwner(Owner owner) {
    return new SessionWrite(newId, timeout, owner, set, removed, details);
  }

  public SessionWrite withDetails(byte[] newDetails) {
    return new SessionWrite(newId, timeout, user, set, removed, newDetails);
  }

  /** Whose session it is. */
  public sealed interface Owner {
    /** Whoever it was. */
    Owner KEEP = new Keep();

    /** Nobody who is known. */
    Owner NOBODY = new Nobody();

    /** A user by name. */
    record User(String name) implements Owner {}

    /** See {@link Owner#KEEP}. */
    record Keep() implements Owner {}

    /** See {@link Owner#NOBODY}. */
    record Nobody() implements Owner {}
  }
}
