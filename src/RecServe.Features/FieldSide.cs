namespace RecServe.Features;

/// <summary>Whose value a field is: it decides whether a request carries it once or once per candidate.</summary>
public enum FieldSide
{
    /// <summary>The user's; once a request.</summary>
    User,

    /// <summary>The request's surroundings (hour, surface, device); once a request.</summary>
    Context,

    /// <summary>The candidate's; once per item.</summary>
    Item,
}
