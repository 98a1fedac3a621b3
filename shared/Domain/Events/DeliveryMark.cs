namespace Souk.Domain.Events;

/// <summary>Why an operator may want to look at a provider's delivery.</summary>
public enum DeliveryMark
{
    /// <summary>It is rightly signed and of a kind that this version does not know.</summary>
    UnknownType,

    /// <summary>It tells of the provider's own error in place of an event.</summary>
    ProviderError,
}
