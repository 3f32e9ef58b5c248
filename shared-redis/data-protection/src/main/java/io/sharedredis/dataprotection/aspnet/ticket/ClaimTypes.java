package io.sharedredis.dataprotection.aspnet.ticket;

/** Claim names and defaults of .NET. */
public final class ClaimTypes {
  private static final String SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

  /** Name of the user; default name claim type of an identity. */
  public static final String NAME = SOAP + "name";

  /** Role of the user; default role claim type of an identity. */
  public static final String ROLE = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";

  /** Stable id of the user. */
  public static final String NAME_IDENTIFIER = SOAP + "nameidentifier";

  /** User principal name. */
  public static final String UPN = SOAP + "upn";

  /** Default value type of a claim. */
  public static final String STRING = "http://www.w3.org/2001/XMLSchema#string";

  /** Default issuer of a claim. */
  public static final String LOCAL_AUTHORITY = "LOCAL AUTHORITY";

  private ClaimTypes() {}
}
