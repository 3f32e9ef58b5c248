package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import java.util.List;
import org.springframework.security.core.Authentication;

/**
 * Describes a user of this application to ASP.NET Core: what a cookie that is issued here says, and
 * what antiforgery tokens are bound to. The same user must always be described alike. Thread-safe.
 */
@FunctionalInterface
public interface UserIdentities {

  /**
   * The identities of somebody who is signed in; the first is the primary one. With none the cookie
   * is not issued to him.
   */
  List<TicketIdentity> of(Authentication user);
}
