package io.sharedredis.spring.session;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;

/** Reads who signed in by something of which nothing is kept: user, authorities and details. */
abstract class ProvenSignInReader<T extends AbstractAuthenticationToken>
    extends FieldsReader<T, ProvenSignInReader.Fields> {

  /** What has been read of one sign-in. */
  static final class Fields {
    private boolean authenticated;
    private @Nullable Collection<GrantedAuthority> authorities;
    private @Nullable Object principal;
    private @Nullable Object details;
  }

  @Override
  final Fields begin() {
    return new Fields();
  }

  @Override
  final boolean field(
      Fields fields, String name, JsonParser parser, DeserializationContext context) {
    switch (name) {
      case "authenticated" -> {
        // Anything but true itself means that nobody is signed in.
        fields.authenticated = parser.hasToken(JsonToken.VALUE_TRUE);
        parser.skipChildren();
      }
      case "authorities" -> fields.authorities = authorities(parser, context);
      case "principal" -> fields.principal = any(parser, context);
      case "details" -> fields.details = any(parser, context);
      default -> {
        return false;
      }
    }
    return true;
  }

  @Override
  final T end(Fields fields, DeserializationContext context) {
    Collection<GrantedAuthority> authorities = fields.authorities;
    Object principal = fields.principal;
    if (principal == null || authorities == null || authorities.contains(null)) {
      return context.reportInputMismatch(
          handledType(), "principal or authorities of a sign-in are missing");
    }
    T signIn = signIn(principal, authorities, context);
    if (!fields.authenticated) {
      signIn.setAuthenticated(false);
    }
    signIn.setDetails(fields.details);
    return signIn;
  }

  @Override
  public abstract Class<T> handledType();

  /** Somebody who is signed in, without details. */
  abstract T signIn(
      Object principal, Collection<GrantedAuthority> authorities, DeserializationContext context);
}
