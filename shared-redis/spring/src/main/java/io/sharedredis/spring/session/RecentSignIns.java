package io.sharedredis.spring.session;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Sign-ins by password that were read a moment ago, found by all of their JSON: each request of a
 * session reads the same one. Every request gets a context and a token of its own, as if it had
 * been read anew; what they share cannot be changed. Other sign-ins, and users that still have
 * their password, which somebody may erase, are read each time. Thread-safe, and without locks.
 */
final class RecentSignIns {

  /** Sessions that one replica serves within some seconds; a power of two. Some MB at most. */
  private static final int SESSIONS = 512;

  /** Longer ones are read each time. */
  private static final int MAX_BYTES = 4096;

  /** After so long all are dropped: who has left does not stay in memory. */
  private static final Duration KEEP = Duration.ofSeconds(30);

  private final InstantSource clock;
  private volatile Slots slots;

  RecentSignIns(InstantSource clock) {
    this.clock = clock;
    this.slots = Slots.since(clock.millis());
  }

  /** What the JSON of a session says, or null if it has to be read. */
  @Nullable SecurityContextImpl find(String session, byte[] json) {
    Slots held = slots;
    if (held.areOver(clock.millis())) {
      return null;
    }
    Seen known = held.seen().get(slot(session));
    return known != null && Arrays.equals(known.json(), json) ? known.context() : null;
  }

  /** What was read of it; the bytes are not changed any more. */
  void add(String session, byte[] json, Object value) {
    if (json.length <= MAX_BYTES
        && value instanceof SecurityContextImpl context
        && value.getClass() == SecurityContextImpl.class) {
      Seen parts = parts(json, context.getAuthentication());
      if (parts != null) {
        long now = clock.millis();
        Slots into = slots;
        if (into.areOver(now)) {
          into = Slots.since(now);
          slots = into;
        }
        into.seen().set(slot(session), parts);
      }
    }
  }

  private static @Nullable Seen parts(byte[] json, @Nullable Authentication authentication) {
    if (authentication == null
        || authentication.getClass() != UsernamePasswordAuthenticationToken.class
        || !authentication.isAuthenticated()
        || authentication.getCredentials() != null) {
      return null;
    }
    Object principal = authentication.getPrincipal();
    Object details = authentication.getDetails();
    List<GrantedAuthority> authorities = new ArrayList<>(authentication.getAuthorities());
    boolean fixed =
        isFixed(principal)
            && (details == null || details.getClass() == WebAuthenticationDetails.class)
            && areFixed(authorities);
    return fixed && principal != null ? new Seen(json, principal, details, authorities) : null;
  }

  private static boolean isFixed(@Nullable Object principal) {
    return principal instanceof String
        || (principal instanceof User user
            && user.getClass() == User.class
            && user.getPassword() == null
            && areFixed(user.getAuthorities()));
  }

  private static boolean areFixed(Collection<? extends GrantedAuthority> authorities) {
    for (GrantedAuthority authority : authorities) {
      Class<?> type = authority.getClass();
      if (type != SimpleGrantedAuthority.class && type != FactorGrantedAuthority.class) {
        return false;
      }
    }
    return true;
  }

  private static int slot(String session) {
    int hash = session.hashCode();
    return (hash ^ hash >>> 16) & (SESSIONS - 1);
  }

  private record Slots(long begun, AtomicReferenceArray<@Nullable Seen> seen) {
    static Slots since(long now) {
      return new Slots(now, new AtomicReferenceArray<>(SESSIONS));
    }

    /** Also when the clock was set back by as much. */
    boolean areOver(long now) {
      return Math.abs(now - begun) > KEEP.toMillis();
    }
  }

  /** The parts of a sign-in, none of which can be changed. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Seen(
      byte[] json, Object principal, @Nullable Object details, List<GrantedAuthority> authorities) {

    SecurityContextImpl context() {
      UsernamePasswordAuthenticationToken token =
          UsernamePasswordAuthenticationToken.authenticated(principal, null, authorities);
      token.setDetails(details);
      return new SecurityContextImpl(token);
    }
  }
}
