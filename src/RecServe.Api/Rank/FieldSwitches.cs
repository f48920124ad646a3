using RecServe.Api.Experiments;
using RecServe.Api.Models;
using RecServe.Api.Problems;

namespace RecServe.Api.Rank;

/// <summary>
/// Which fields of a model are turned off for a request: their rows are not looked up, their mean over the training samples stands for them. Nothing is
/// trained for it: a model has seen the mean's neighbourhood, and <c>compress</c> folds the same vector where it removes a field for good.
/// </summary>
internal static class FieldSwitches
{
    /// <summary>Marks the fields that the request and the user's variants turn off.</summary>
    /// <param name="request">Its <c>overrides.fields_off</c> must be fields of the model.</param>
    /// <param name="choice">A variant's field that this version has no more is passed over: compression has put its mean into the model.</param>
    /// <param name="model">The model that ranks.</param>
    /// <param name="off">One flag a field, all false.</param>
    public static Problem? Mark(RankRequest request, ModelChoice choice, ServingModel model, Span<bool> off)
    {
        foreach (string name in choice.FieldsOff ?? [])
        {
            if (IndexOf(model, name) is >= 0 and var field)
                off[field] = true;
        }

        for (int i = 0; i < request.FieldsOff.Count; i++)
        {
            int field = model.Extractor.FieldOf(request.Utf8(request.FieldsOff[i]));
            if (field < 0 || model.FieldsRemoved[field])
            {
                return Problem.At(ProblemTypes.InvalidFeature, $"overrides.fields_off[{i}]",
                    $"is '{request.Text(request.FieldsOff[i])}', not one of the model's fields {string.Join(", ", model.FieldNames.Where((_, known) => !model.FieldsRemoved[known]))}");
            }

            off[field] = true;
        }

        return null;
    }

    private static int IndexOf(ServingModel model, string name)
    {
        for (int field = 0; field < model.FieldNames.Count; field++)
        {
            if (model.FieldNames[field] == name)
                return field;
        }

        return -1;
    }
}
