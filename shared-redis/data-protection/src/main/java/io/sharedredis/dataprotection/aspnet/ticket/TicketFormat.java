package io.sharedredis.dataprotection.aspnet.ticket;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.DotNetReader;
import io.sharedredis.dataprotection.aspnet.DotNetWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a ticket: format 5 of ASP.NET Core's {@code TicketSerializer}. Values equal to a
 * default are written as the one-character text NUL.
 */
public final class TicketFormat {
  private static final int VERSION = 5;
  private static final int PROPERTIES_VERSION = 1;
  private static final String DEFAULT = "\0";

  /** Actors of actors that are read: .NET has no limit but its stack; a real ticket has one. */
  private static final int MAX_ACTORS = 32;

  private TicketFormat() {}

  public static byte[] write(Ticket ticket) {
    DotNetWriter out = new DotNetWriter().int32(VERSION).string(ticket.scheme());
    out.int32(ticket.identities().size());
    ticket.identities().forEach(identity -> write(out, identity));
    writeProperties(out, ticket.properties());
    return out.toByteArray();
  }

  /** The properties block alone, as OAuth state carries it. */
  public static byte[] writeProperties(TicketProperties properties) {
    DotNetWriter out = new DotNetWriter();
    writeProperties(out, properties);
    return out.toByteArray();
  }

  /**
   * Reads a ticket; what follows its end is ignored. Properties of another version are read as
   * none, as in .NET.
   *
   * @throws DataProtectionException if it is of another version or cut
   */
  public static Ticket read(byte[] bytes) {
    DotNetReader in = new DotNetReader(bytes);
    if (in.int32() != VERSION) {
      throw new DataProtectionException("the ticket is of another format");
    }
    String scheme = in.string();
    int count = in.int32();
    if (count < 0) {
      throw new DataProtectionException("the ticket is malformed");
    }
    List<TicketIdentity> identities = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      identities.add(readIdentity(in, 0));
    }
    return new Ticket(scheme, identities, readProperties(in));
  }

  /**
   * @throws DataProtectionException if the block is cut
   */
  public static TicketProperties readProperties(byte[] bytes) {
    return readProperties(new DotNetReader(bytes));
  }

  private static void write(DotNetWriter out, TicketIdentity identity) {
    out.string(identity.authenticationType());
    out.string(orDefault(identity.nameClaimType(), ClaimTypes.NAME));
    out.string(orDefault(identity.roleClaimType(), ClaimTypes.ROLE));
    out.int32(identity.claims().size());
    for (TicketClaim claim : identity.claims()) {
      out.string(orDefault(claim.type(), identity.nameClaimType()));
      out.string(claim.value());
      out.string(orDefault(claim.valueType(), ClaimTypes.STRING));
      out.string(orDefault(claim.issuer(), ClaimTypes.LOCAL_AUTHORITY));
      out.string(orDefault(claim.originalIssuer(), claim.issuer()));
      writeMap(out, claim.properties());
    }
    String bootstrap = identity.bootstrapContext();
    if (bootstrap == null || bootstrap.isEmpty()) {
      out.bool(false);
    } else {
      out.bool(true).string(bootstrap);
    }
    TicketIdentity actor = identity.actor();
    out.bool(actor != null);
    if (actor != null) {
      write(out, actor);
    }
  }

  private static TicketIdentity readIdentity(DotNetReader in, int depth) {
    if (depth > MAX_ACTORS) {
      throw new DataProtectionException("the ticket nests too many actors");
    }
    String authenticationType = in.string();
    String nameType = orGiven(in.string(), ClaimTypes.NAME);
    String roleType = orGiven(in.string(), ClaimTypes.ROLE);
    int count = in.int32();
    List<TicketClaim> claims = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String type = orGiven(in.string(), nameType);
      String value = in.string();
      String valueType = orGiven(in.string(), ClaimTypes.STRING);
      String issuer = orGiven(in.string(), ClaimTypes.LOCAL_AUTHORITY);
      String originalIssuer = orGiven(in.string(), issuer);
      claims.add(new TicketClaim(type, value, valueType, issuer, originalIssuer, readClaimMap(in)));
    }
    String bootstrap = in.bool() ? in.string() : null;
    TicketIdentity actor = in.bool() ? readIdentity(in, depth + 1) : null;
    return new TicketIdentity(authenticationType, nameType, roleType, claims, bootstrap, actor);
  }

  private static void writeProperties(DotNetWriter out, TicketProperties properties) {
    out.int32(PROPERTIES_VERSION);
    writeMap(out, properties.items());
  }

  private static TicketProperties readProperties(DotNetReader in) {
    if (in.int32() != PROPERTIES_VERSION) {
      return TicketProperties.EMPTY;
    }
    int count = in.int32();
    if (count < 0) {
      throw new DataProtectionException("the ticket is malformed");
    }
    Map<String, String> items = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      if (items.put(in.string(), in.string()) != null) {
        throw new DataProtectionException("the ticket holds a property twice");
      }
    }
    return new TicketProperties(items);
  }

  private static void writeMap(DotNetWriter out, Map<String, String> map) {
    out.int32(map.size());
    map.forEach((key, value) -> out.string(key).string(value));
  }

  private static Map<String, String> readClaimMap(DotNetReader in) {
    int count = in.int32();
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      if (map.put(in.string(), in.string()) != null) {
        throw new DataProtectionException("the ticket holds a property twice");
      }
    }
    return map;
  }

  private static String orDefault(String value, String standard) {
    return value.equals(standard) ? DEFAULT : value;
  }

  private static String orGiven(String read, String standard) {
    return read.equals(DEFAULT) ? standard : read;
  }
}
