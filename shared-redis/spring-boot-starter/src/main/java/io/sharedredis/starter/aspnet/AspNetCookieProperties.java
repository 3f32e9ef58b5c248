package io.sharedredis.starter.aspnet;

import io.sharedredis.spring.security.aspnet.AspNetCookieOptions;
import io.sharedredis.spring.security.aspnet.ClaimAuthorities;
import io.sharedredis.starter.InvalidSettingException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The authentication cookie of ASP.NET Core applications on the same key ring, with the same
 * application name.
 *
 * @param enabled whether such a cookie signs its user in, on every filter chain
 * @param issue whether a sign-in here issues the cookie too
 * @param scheme authentication scheme of the .NET applications: {@code Cookies}, or {@code
 *     Identity.Application} for Identity
 * @param name of the cookie; by default {@code .AspNetCore.} and the scheme
 * @param domain that browsers send it to besides the host; by default none
 * @param path below which browsers send it
 * @param sameSite {@code lax}, {@code strict} or {@code none}
 * @param lifetime of a ticket issued here, {@code ExpireTimeSpan} in .NET
 * @param sliding whether the cookie is renewed when half its life is over
 * @param persistent whether a cookie issued here outlives the browser
 * @param rolePrefix what stands before a role to make it an authority
 * @param roleClaims claim types that are roles besides the one that the ticket names
 * @param claimPrefixes further claim types that become authorities, with what stands before their
 *     values; by default {@code scope} and {@code scp} with {@code SCOPE_}
 */
@ConfigurationProperties("shared-redis.security.aspnet-cookie")
public record AspNetCookieProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("false") boolean issue,
    @DefaultValue("Cookies") String scheme,
    @Nullable String name,
    @Nullable String domain,
    @DefaultValue("/") String path,
    @DefaultValue("lax") String sameSite,
    @DefaultValue("14d") Duration lifetime,
    @DefaultValue("true") boolean sliding,
    @DefaultValue("false") boolean persistent,
    @DefaultValue("ROLE_") String rolePrefix,
    @DefaultValue Set<String> roleClaims,
    @Nullable Map<String, String> claimPrefixes) {

  AspNetCookieOptions options(boolean secure) {
    try {
      return new AspNetCookieOptions(
          scheme,
          name == null ? AspNetCookieOptions.defaultName(scheme) : name,
          domain,
          path,
          sameSite,
          secure,
          lifetime,
          sliding,
          persistent);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          new IllegalArgumentException(
              "shared-redis.security.aspnet-cookie: " + e.getMessage(), e));
    }
  }

  ClaimAuthorities authorities() {
    return new ClaimAuthorities(
        rolePrefix,
        roleClaims,
        claimPrefixes == null ? ClaimAuthorities.DEFAULT.prefixes() : claimPrefixes);
  }
}
