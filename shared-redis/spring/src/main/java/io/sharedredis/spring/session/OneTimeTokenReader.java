package io.sharedredis.spring.session;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.Collection;
import org.springframework.security.authentication.ott.OneTimeTokenAuthentication;
import org.springframework.security.core.GrantedAuthority;
import tools.jackson.databind.DeserializationContext;

/** Reads who signed in by a link or a code that was sent: Spring Security has no form for it. */
final class OneTimeTokenReader extends ProvenSignInReader<OneTimeTokenAuthentication> {

  /** Writes what {@link ProvenSignInReader} reads. */
  @JsonAutoDetect(
      fieldVisibility = Visibility.ANY,
      getterVisibility = Visibility.NONE,
      isGetterVisibility = Visibility.NONE)
  static final class Written {}

  @Override
  public Class<OneTimeTokenAuthentication> handledType() {
    return OneTimeTokenAuthentication.class;
  }

  @Override
  OneTimeTokenAuthentication signIn(
      Object principal, Collection<GrantedAuthority> authorities, DeserializationContext context) {
    return new OneTimeTokenAuthentication(principal, authorities);
  }
}
