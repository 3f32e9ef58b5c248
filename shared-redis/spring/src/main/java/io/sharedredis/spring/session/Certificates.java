package io.sharedredis.spring.session;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.WritableTypeId;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Certificates of whoever signs in by one ({@code x509()}): Spring Security keeps them as their
 * credentials. Written as the bytes of DER in base64, under the name of the public type, whichever
 * class of the JDK it is.
 */
final class Certificates extends SimpleModule {

  private static final long serialVersionUID = 1L;

  Certificates() {
    super(Certificates.class.getName());
    addSerializer(X509Certificate.class, new Writer());
    addDeserializer(X509Certificate.class, new Reader());
  }

  private static final class Writer extends ValueSerializer<X509Certificate> {
    @Override
    public void serialize(
        X509Certificate certificate, JsonGenerator json, SerializationContext context) {
      try {
        json.writeBinary(certificate.getEncoded());
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("a certificate that cannot be encoded", e);
      }
    }

    @Override
    public void serializeWithType(
        X509Certificate certificate,
        JsonGenerator json,
        SerializationContext context,
        TypeSerializer types) {
      WritableTypeId name =
          types.typeId(certificate, X509Certificate.class, JsonToken.VALUE_STRING);
      types.writeTypePrefix(json, context, name);
      serialize(certificate, json, context);
      types.writeTypeSuffix(json, context, name);
    }
  }

  private static final class Reader extends ValueDeserializer<X509Certificate> {
    @Override
    public X509Certificate deserialize(JsonParser parser, DeserializationContext context) {
      if (parser.hasToken(JsonToken.VALUE_STRING)) {
        try {
          return (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(parser.getBinaryValue()));
        } catch (CertificateException e) {
          // Said below, without what it holds.
        }
      }
      return context.reportInputMismatch(X509Certificate.class, "no certificate");
    }
  }
}
