package io.sharedredis.spring.session;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;

/** Reads who signed in by password. */
final class PasswordSignInReader
    extends FieldsReader<UsernamePasswordAuthenticationToken, PasswordSignInReader.Fields> {

  /** What has been read of one token. */
  static final class Fields {
    private boolean authenticated;
    private @Nullable Collection<GrantedAuthority> authorities;
    private @Nullable Object principal;
    private @Nullable String credentials;
    private @Nullable Object details;
  }

  @Override
  Fields begin() {
    return new Fields();
  }

  @Override
  boolean field(Fields fields, String name, JsonParser parser, DeserializationContext context) {
    switch (name) {
      case "authenticated" -> fields.authenticated = parser.getValueAsBoolean();
      case "authorities" -> fields.authorities = authorities(parser, context);
      case "principal" -> fields.principal = any(parser, context);
      case "credentials" -> {
        // Anything but text means nothing here.
        fields.credentials = parser.getValueAsString();
        parser.skipChildren();
      }
      case "details" -> fields.details = any(parser, context);
      default -> {
        return false;
      }
    }
    return true;
  }

  @Override
  UsernamePasswordAuthenticationToken end(Fields fields, DeserializationContext context) {
    Collection<GrantedAuthority> authorities = fields.authorities;
    Object principal = fields.principal;
    if (principal == null || authorities == null || authorities.contains(null)) {
      return context.reportInputMismatch(
          UsernamePasswordAuthenticationToken.class, "principal or authorities are missing");
    }
    UsernamePasswordAuthenticationToken token =
        fields.authenticated
            ? UsernamePasswordAuthenticationToken.authenticated(
                principal, fields.credentials, authorities)
            : UsernamePasswordAuthenticationToken.unauthenticated(principal, fields.credentials);
    token.setDetails(fields.details);
    return token;
  }
}
