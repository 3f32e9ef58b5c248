package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionNames.bytes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Keys and arguments of the scripts that read and write one session, in the scripts' order. */
final class SessionArguments {

  /** Longest timeout that is kept, a hundred years: its ms fit what the scripts count with. */
  private static final Duration LONGEST = Duration.ofDays(36_525);

  /** Latest time of a creation, in ms since 1970: of 14 digits, as many as the scripts take. */
  private static final long LAST = 99_999_999_999_999L;

  private static final String KEEP = "=";

  private final SessionStoreOptions options;
  private final SessionNames names;
  private final SessionSeal seal;
  private final byte[] touch;

  SessionArguments(SessionStoreOptions options, SessionNames names, SessionSeal seal) {
    this.options = options;
    this.names = names;
    this.seal = seal;
    this.touch = number(options.touchInterval().toMillis());
  }

  static byte[] number(long value) {
    return bytes(Long.toString(value));
  }

  byte[][] keys(SessionId id) {
    return keys(id.partition(), id.internal());
  }

  byte[][] keys(int partition, String internal) {
    return new byte[][] {bytes(names.session(partition, internal)), bytes(names.expiry(partition))};
  }

  byte[][] load(SessionId id) {
    return new byte[][] {prefix(id), bytes(id.internal()), bytes(id.check()), touch};
  }

  /**
   * @param remember ms for which the id of a session that was kept elsewhere is remembered, or
   *     empty
   * @throws SessionTooLargeException if a limit is exceeded
   */
  byte[][] create(SessionId id, Instant created, SessionWrite first, byte[] remember) {
    checkLimits(first.set());
    List<byte[]> arguments = new ArrayList<>();
    add(arguments, load(id));
    add(arguments, number(Math.max(0, Math.min(created.toEpochMilli(), LAST))));
    add(arguments, timeout(Objects.requireNonNull(first.timeout(), "timeout")));
    add(arguments, owner(first.user(), ""));
    addLimit(arguments);
    add(arguments, seal.sealId(id), details(id, first), remember);
    addAttributes(arguments, id, first.set());
    return arguments.toArray(byte[][]::new);
  }

  /**
   * @throws SessionTooLargeException if a limit is exceeded
   */
  byte[][] save(SessionId id, long generation, SessionWrite change) {
    checkLimits(change.set());
    SessionId newId = change.newId();
    Duration timeout = change.timeout();
    List<byte[]> arguments = new ArrayList<>();
    add(arguments, load(id));
    add(arguments, number(generation), bytes(newId == null ? "" : newId.check()));
    add(arguments, number(options.formerIdFor().toMillis()));
    add(arguments, timeout == null ? bytes("") : timeout(timeout));
    add(arguments, owner(change.user(), KEEP));
    addLimit(arguments);
    add(arguments, newId == null ? bytes("") : seal.sealId(newId), details(id, change));
    add(arguments, number(change.set().size()), number(options.maxAttributes()));
    addAttributes(arguments, id, change.set());
    change.removed().forEach(name -> add(arguments, bytes(name)));
    return arguments.toArray(byte[][]::new);
  }

  /**
   * @param check of the public id, or empty to end whichever session it is
   * @param user hash of the only one whose session may end, or empty
   */
  byte[][] end(int partition, String internal, String check, EndReason reason, String user) {
    return new byte[][] {
      bytes(names.prefix(partition)),
      bytes(internal),
      bytes(check),
      bytes(names.ends()),
      bytes(reason.word()),
      touch,
      bytes(user)
    };
  }

  private void checkLimits(Map<String, byte[]> attributes) {
    if (attributes.size() > options.maxAttributes()) {
      throw SessionTooLargeException.attributes(attributes.size(), options.maxAttributes());
    }
    attributes.forEach(
        (name, value) -> {
          int size = value.length + bytes(name).length;
          if (size > options.maxAttributeBytes()) {
            throw SessionTooLargeException.bytes(name, size, options.maxAttributeBytes());
          }
        });
  }

  private void addLimit(List<byte[]> arguments) {
    add(arguments, number(options.limit().most()), bytes(options.limit().beyond().word()));
    add(arguments, bytes(names.ends()));
  }

  private void addAttributes(List<byte[]> arguments, SessionId id, Map<String, byte[]> set) {
    set.forEach(
        (name, value) ->
            add(arguments, bytes(name), seal.sealAttribute(id.internal(), name, value)));
  }

  private byte[] details(SessionId id, SessionWrite write) {
    byte[] details = write.details();
    return details == null ? bytes("") : seal.sealDetails(id.internal(), details);
  }

  private static byte[] owner(SessionWrite.Owner owner, String keep) {
    if (owner instanceof SessionWrite.Owner.User user) {
      return bytes(SessionId.userHash(user.name()));
    }
    return bytes(owner.equals(SessionWrite.Owner.NOBODY) ? "" : keep);
  }

  private byte[] prefix(SessionId id) {
    return bytes(names.prefix(id.partition()));
  }

  /** In ms; what is less than one, but not zero, would mean never. */
  private static byte[] timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      return number(timeout.isZero() ? 0 : -1);
    }
    return number(
        timeout.compareTo(LONGEST) > 0 ? LONGEST.toMillis() : Math.max(1, timeout.toMillis()));
  }

  private static void add(List<byte[]> arguments, byte[]... more) {
    arguments.addAll(List.of(more));
  }
}
