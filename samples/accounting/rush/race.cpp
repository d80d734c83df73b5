#include "race.hpp"

#include <thread>

#include <stint/run.hpp>

#include "clerk_in_front.hpp"
#include "process_document.hpp"
#include "refusal.hpp"
#include "work_terms.hpp"

namespace accounting {

namespace {

constexpr document_id first{1};
constexpr document_id second{2};

void check_books(stint::database& db) {
    stint::unit_of_work work{db, only_looking()};
    auto const          document_a = work.try_get(first);
    auto const          document_b = work.try_get(second);
    if (!document_a || !document_b || (*document_a)->processed || (*document_b)->processed ||
        (*document_a)->stock != (*document_b)->stock)
        throw not_ready_for_race();
}

std::string in_words(std::vector<stint::held_lock> const& holders) {
    std::string text;
    for (auto const& lock : holders) text += (text.empty() ? "" : "; ") + to_string(lock);
    return text;
}

class course {
public:
    course(stint::lock_table& locks, race_options const& options, narrator::listener tell)
        : locks_(locks), options_(options), narrator_(std::move(tell)) {}

    /// B reads the stock before A has written it, unless A has locked it.
    void two_documents() {
        stint::unit_of_work a{locks_.db(), unit_of("clerk A")};
        narrator_.follow(a, "clerk A");
        auto const     document_a = open_document(a, first);
        auto const     stock_a = a.get(document_a->stock);
        clerk_in_front front{[&] {
            auto const alone = narrator_.alone();
            finish(a, document_a, stock_a);
        }};

        play_b(a, front, [&](stint::unit_of_work& b) {
            auto const document_b = open_document(b, second);
            auto const stock_b = b.get(document_b->stock);
            front.finish();
            take_off(document_b, stock_b);
        });
    }

    /// B checks the document before A has processed it, unless A has locked it, and reads the stock after A has written
    /// it.
    void same_document() {
        stint::unit_of_work a{locks_.db(), unit_of("clerk A")};
        narrator_.follow(a, "clerk A");
        auto const     document_a = open_document(a, first);
        clerk_in_front front{[&] {
            auto const alone = narrator_.alone();
            finish(a, document_a, a.get(document_a->stock));
        }};

        play_b(a, front, [&](stint::unit_of_work& b) {
            auto const document_b = open_document(b, first);
            front.finish();
            take_off(document_b, b.get(document_b->stock));
        });
    }

    race_result result() const { return {narrator_.steps(), narrator_.conflicts(), retries_, audit(locks_.db())}; }

private:
    stint::unit_options unit_of(std::string clerk) const {
        return unit_with(locks_, {.lock = options_.lock, .label = std::move(clerk), .wait = options_.wait});
    }

    static void finish(stint::unit_of_work& a, stint::tracked<document> document, stint::tracked<stock> stock) {
        take_off(document, stock);
        a.commit();
    }

    template <class Scene>
    void play_b(stint::unit_of_work& a, clerk_in_front& front, Scene scene) {
        auto const onlooker = watch(a, front);
        try {
            try_b(scene);
        } catch (stint::lock_refused const& held) {
            if (front.has_finished()) throw;  // it isn't A who has it
            narrator_.tell({"clerk B", "locked", "is refused: " + in_words(held.holders())});
            front.finish();
            ++retries_;
            try_b(scene);
        }
    }

    template <class Scene>
    void try_b(Scene const& scene) {
        stint::run_options options{.unit = unit_of("clerk B")};
        options.before_retry = [&](stint::error const&, std::size_t) { ++retries_; };
        auto const once = [&](stint::unit_of_work& b) {
            narrator_.follow(b, "clerk B");
            scene(b);
        };
        try {
            stint::run(locks_.db(), once, options);
        } catch (refusal const& no) {
            narrator_.tell({"clerk B", "refused", std::string("gives up: ") + no.what()});
        }
    }

    /// Where B may wait for A, somebody must tell A so.
    std::jthread watch(stint::unit_of_work& a, clerk_in_front& front) {
        if (options_.wait.count() == 0) return {};
        auto const tell = [&](stint::held_lock const& held) {
            narrator_.tell({"clerk B", "waits", "waits: " + to_string(held)});
        };
        return front.finish_when_waited_for(locks_, a.owner(), tell);
    }

    stint::lock_table& locks_;
    race_options       options_;
    narrator           narrator_;
    std::size_t        retries_ = 0;
};

}  // namespace

race_result race(stint::lock_table& locks, race_options const& options, narrator::listener tell) {
    check_books(locks.db());
    course course{locks, options, std::move(tell)};
    if (options.same_document) {
        course.same_document();
    } else {
        course.two_documents();
    }
    return course.result();
}

}  // namespace accounting
