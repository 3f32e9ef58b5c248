package io.sharedredis.dataprotection.aspnet.antiforgery;

import io.sharedredis.dataprotection.aspnet.DotNetWriter;
import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an antiforgery token remembers of the user it was issued for: a hash of the claims that
 * identify him, else his name, else nothing. Immutable.
 */
public final class AntiforgeryUser {
  static final int CLAIM_UID_BYTES = 32;

  /** Nobody is signed in. */
  public static final AntiforgeryUser ANONYMOUS = new AntiforgeryUser(new byte[0], "");

  /** Claims that identify a user, the best first. */
  private static final List<String> IDENTIFYING =
      List.of("sub", ClaimTypes.NAME_IDENTIFIER, ClaimTypes.UPN);

  private final byte[] claimUid;
  private final String name;

  private AntiforgeryUser(byte[] claimUid, String name) {
    this.claimUid = claimUid;
    this.name = name;
  }

  static AntiforgeryUser ofClaimUid(byte[] claimUid) {
    return new AntiforgeryUser(claimUid, "");
  }

  /** A user who has a name and no claims. */
  public static AntiforgeryUser named(String name) {
    return new AntiforgeryUser(new byte[0], name);
  }

  /**
   * A user of a ticket: the first {@code sub}, name identifier or UPN of an authenticated identity,
   * else all claims.
   */
  public static AntiforgeryUser of(List<TicketIdentity> identities) {
    List<TicketIdentity> authenticated =
        identities.stream().filter(TicketIdentity::isAuthenticated).toList();
    Optional<TicketClaim> identifying =
        authenticated.stream().flatMap(identity -> identifying(identity).stream()).findFirst();
    if (identifying.isPresent()) {
      return ofClaimUid(hash(Stream.of(identifying.get())));
    }
    List<TicketClaim> all =
        authenticated.stream().flatMap(identity -> identity.claims().stream()).toList();
    // Sorted by type alone, stable: the order of claims of one type counts.
    return all.isEmpty()
        ? ANONYMOUS
        : ofClaimUid(hash(all.stream().sorted(Comparator.comparing(TicketClaim::type))));
  }

  byte[] claimUid() {
    return claimUid;
  }

  String name() {
    return name;
  }

  /** Names compare without case, except those that are URLs. */
  boolean isSameAs(AntiforgeryUser current) {
    boolean url = current.name.startsWith("http://") || current.name.startsWith("https://");
    boolean sameName = url ? name.equals(current.name) : name.equalsIgnoreCase(current.name);
    return sameName && MessageDigest.isEqual(claimUid, current.claimUid);
  }

  private static Optional<TicketClaim> identifying(TicketIdentity identity) {
    return IDENTIFYING.stream()
        .flatMap(
            type ->
                identity.claims().stream()
                    .filter(claim -> claim.type().equals(type) && !claim.value().isEmpty())
                    .limit(1))
        .findFirst();
  }

  private static byte[] hash(Stream<TicketClaim> claims) {
    DotNetWriter out = new DotNetWriter();
    claims.forEach(claim -> out.string(claim.type()).string(claim.value()).string(claim.issuer()));
    try {
      return MessageDigest.getInstance("SHA-256").digest(out.toByteArray());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }
}
