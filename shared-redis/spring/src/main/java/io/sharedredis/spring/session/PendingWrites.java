package io.sharedredis.spring.session;

import io.sharedredis.lettuce.session.SessionWrite;
import io.sharedredis.lettuce.session.SessionWrite.Owner;
import io.sharedredis.spring.session.SharedSession.Pending;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.expression.EvaluationException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.PrincipalNameIndexResolver;

/**
 * What has to be saved of a session, as the store takes it: values as JSON, whose session it is by
 * what Spring Security put in, and where a new or signed in one is used. Thread-safe.
 */
final class PendingWrites {

  private static final Logger log = LoggerFactory.getLogger(PendingWrites.class);

  /** Spring Security's attribute; who signed in is read from it. */
  private static final String SECURITY_CONTEXT = "SPRING_SECURITY_CONTEXT";

  private static final String PRINCIPAL =
      FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;

  private final AttributeCodec codec;
  private final SharedSession.Renewal renewal;
  private final String replica;
  private final PrincipalNameIndexResolver<SharedSession> principal =
      new PrincipalNameIndexResolver<>();

  /**
   * @param replica name of this replica, shown to owners of sessions
   */
  PendingWrites(AttributeCodec codec, SharedSession.Renewal renewal, String replica) {
    this.codec = codec;
    this.renewal = renewal;
    this.replica = replica;
  }

  /**
   * @throws SessionAttributeException if there is something in it that could not be read again
   */
  SessionWrite write(SharedSession session, Pending pending) {
    Map<String, byte[]> set = new HashMap<>();
    Set<String> removed = new HashSet<>();
    pending
        .changes()
        .forEach(
            (name, value) -> {
              byte[] bytes = value.isPresent() ? codec.write(name, value.get()) : null;
              if (bytes == null) {
                removed.add(name);
              } else {
                set.put(name, bytes);
              }
            });
    Owner owner = owner(session, pending);
    boolean signIn = pending.newId() != null || owner instanceof Owner.User;
    SessionScope scope = SessionScope.current();
    SessionWrite write = SessionWrite.of(set, removed).withOwner(owner).withNewId(pending.newId());
    if (pending.timeout() != null) {
      write = write.withTimeout(pending.timeout());
    }
    return scope != null && (pending.fresh() || signIn)
        ? write.withDetails(SessionPlace.of(scope.request(), replica).write())
        : write;
  }

  /** Asked only when something changed that says whose session it is. */
  private Owner owner(SharedSession session, Pending pending) {
    if (!pending.changes().containsKey(SECURITY_CONTEXT)
        && !pending.changes().containsKey(PRINCIPAL)) {
      return Owner.KEEP;
    }
    // The changes were taken out of the session; whose it is must be read with them.
    SharedSession view =
        new SharedSession(session.savedId(), renewal.now(), Duration.ZERO, codec, renewal);
    for (String name : Set.of(SECURITY_CONTEXT, PRINCIPAL)) {
      Optional<Object> change = pending.changes().get(name);
      view.setAttribute(name, change == null ? session.getAttribute(name) : change.orElse(null));
    }
    String name = name(view);
    return name == null ? Owner.NOBODY : new Owner.User(name);
  }

  /** A name that the application gave counts most, then who really sits there. */
  private @Nullable String name(SharedSession view) {
    try {
      if (view.getAttribute(PRINCIPAL) == null
          && view.getAttribute(SECURITY_CONTEXT) instanceof SecurityContext context
          && context.getAuthentication() != null) {
        Authentication real = RealUser.behind(context.getAuthentication());
        if (real != null) {
          return real.getName();
        }
      }
      return principal.resolveIndexValueFor(view);
    } catch (EvaluationException | ClassCastException e) {
      // Something else under the names of Spring Security: it signs nobody in.
      log.debug("Nobody is signed in by what a session holds", e);
      return null;
    }
  }
}
