using RecServe.Features;

namespace RecServe.Api.Events;

/// <summary>A field of a model whose value is computed from events.</summary>
/// <param name="Field">Index among the model's fields.</param>
/// <param name="Feature">Index of the feature in the store of events.</param>
/// <param name="IsList">Whether it is a list of items.</param>
/// <param name="IsItem">Whether it has a value for each candidate.</param>
/// <param name="Category">Where an item's category is found; null where the feature has none.</param>
internal sealed record DerivedField(int Field, int Feature, bool IsList, bool IsItem, ItemCategory? Category);
